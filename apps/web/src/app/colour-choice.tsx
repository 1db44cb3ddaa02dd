import { useMantineColorScheme } from '@mantine/core';
import { texts } from '../texts.js';

const SCHEMES = ['auto', 'light', 'dark'] as const;

/** Light, dark, or as the system says. Remembered by this browser. */
export function ColourChoice() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className="choice" role="group" aria-label={texts.app.colours}>
      {SCHEMES.map((scheme) => (
        <button key={scheme} type="button" aria-pressed={scheme === colorScheme} onClick={() => setColorScheme(scheme)}>{texts.app.schemes[scheme]}</button>
      ))}
    </div>
  );
}

import { texts } from '../texts.js';
import { chooseScheme, SCHEMES } from './colour-scheme.js';
import { useScheme } from './use-scheme.js';

/** Light, dark, or as the system says. Remembered by this browser. */
export function ColourChoice() {
  const chosen = useScheme();
  return (
    <div className="choice" role="group" aria-label={texts.app.colours}>
      {SCHEMES.map((scheme) => (
        <button key={scheme} type="button" aria-pressed={scheme === chosen} onClick={() => chooseScheme(scheme)}>{texts.app.schemes[scheme]}</button>
      ))}
    </div>
  );
}

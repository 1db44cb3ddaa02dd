import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The one accent colour, from its lightest to its darkest shade. */
const accent: MantineColorsTuple = ['#eef1ff', '#dbe1ff', '#b6c2ff', '#9fb2ff', '#8098fb', '#637ff2', '#4d68e6', '#3f58d8', '#344cc8', '#263a9f'];

export const theme = createTheme({
  fontFamily: 'inherit',
  colors: { accent },
  primaryColor: 'accent',
  // White text on this shade has a contrast of 7:1.
  primaryShade: 8,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
});

/** Mantine's own greys and reds are too light for small text; ours come from `ui.css`, which has both schemes. */
export const cssVariables: CSSVariablesResolver = () => {
  const mended = {
    '--mantine-color-body': 'var(--page)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--muted)',
    '--mantine-color-error': 'var(--error)',
    '--mantine-color-anchor': 'var(--link)',
    '--mantine-color-placeholder': 'var(--muted)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--surface-sunk)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--field-border)',
  };
  return { variables: {}, light: mended, dark: mended };
};

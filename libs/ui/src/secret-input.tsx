import { PasswordInput, type PasswordInputProps } from '@mantine/core';

/** A field for a secret: hidden until revealed, and never offered to the browser's password store. */
export function SecretInput({ revealLabel, ...props }: PasswordInputProps & { revealLabel: string }) {
  return (
    <PasswordInput
      {...props}
      aria-invalid={props.error ? true : undefined}
      autoComplete="new-password"
      autoCapitalize="off"
      spellCheck={false}
      data-1p-ignore
      data-lpignore="true"
      visibilityToggleButtonProps={{ 'aria-label': revealLabel, 'aria-hidden': false, tabIndex: 0 }}
    />
  );
}

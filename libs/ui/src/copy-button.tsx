import { useState } from 'react';
import { useAnnounce } from './announcer.js';
import { Button } from './button.js';
import { Icon } from './icon.js';

export interface CopyTexts {
  /** On the button. */
  copy: string;
  copied: string;
  failed: string;
}

/** Copies a value and says whether that worked. `name` tells screen readers what is copied. */
export function CopyButton({ value, name, texts, small = false }: { value: string; name: string; texts: CopyTexts; small?: boolean }) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  const announce = useAnnounce();

  async function copy(): Promise<void> {
    const next = await writeToClipboard(value);
    setOutcome(next);
    announce(`${name}: ${texts[next]}`);
  }

  return (
    <Button variant="default" size={small ? 'xs' : 'sm'} aria-label={`${outcome ? texts[outcome] : texts.copy}: ${name}`} onClick={() => void copy()} onBlur={() => setOutcome(null)}>
      <Icon name={outcome === 'copied' ? 'check' : 'copy'} /> {outcome ? texts[outcome] : texts.copy}
    </Button>
  );
}

/** The clipboard exists in secure contexts only, so that plain http on a LAN address always fails. */
async function writeToClipboard(value: string): Promise<'copied' | 'failed'> {
  try {
    await navigator.clipboard.writeText(value);
    return 'copied';
  } catch {
    return 'failed';
  }
}

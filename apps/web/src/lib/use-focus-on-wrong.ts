import { useEffect, useRef, useState } from 'react';

/** The errors are drawn first; then the focus goes to the first field that has one. `fieldId` names a field's element. */
export function useFocusOnWrong(wrong: string[], fieldId: (name: string) => string): () => void {
  const [asked, setAsked] = useState(0);
  const first = useRef<string | undefined>(undefined);
  useEffect(() => {
    first.current = wrong[0] && fieldId(wrong[0]);
  });
  useEffect(() => {
    if (asked > 0 && first.current) document.getElementById(first.current)?.focus();
  }, [asked]);
  return () => setAsked((before) => before + 1);
}

import type { Tone } from '@openhands-jira/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { integrationsQuery } from '../integrations/integrations.js';

/** What a click has just brought about. */
export interface News {
  tone: Tone;
  title: string;
  texts?: string[];
}

/** Shows a piece of news, after the page knows what the server knows now. */
export type Tell = (news: News) => Promise<void>;

/** The last piece of news of this panel. `turn` tells a piece from the one before it. */
export function useNews(): { news: News | null; turn: number; tell: Tell } {
  const [shown, setShown] = useState<{ news: News | null; turn: number }>({ news: null, turn: 0 });
  const queries = useQueryClient();

  async function tell(news: News): Promise<void> {
    await queries.invalidateQueries({ queryKey: integrationsQuery.queryKey });
    setShown((before) => ({ news, turn: before.turn + 1 }));
  }
  return { ...shown, tell };
}

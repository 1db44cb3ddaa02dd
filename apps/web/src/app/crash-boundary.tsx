import { Button, Notice } from '@openhands-jira/ui';
import { Component, type ReactNode } from 'react';
import { texts } from '../texts.js';

/** When a screen cannot be shown at all, for example because its program was replaced by a newer version. */
export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError(): { crashed: boolean } {
    return { crashed: true };
  }

  override render(): ReactNode {
    return this.state.crashed ? <CrashPage /> : this.props.children;
  }
}

function CrashPage() {
  return (
    <main className="frame-main">
      <title>{texts.app.crashed}</title>
      <h1>{texts.app.crashed}</h1>
      <Notice tone="bad" role="alert">
        <p>{texts.app.crashedText}</p>
        <Button variant="default" onClick={() => window.location.reload()}>{texts.app.reload}</Button>
      </Notice>
    </main>
  );
}

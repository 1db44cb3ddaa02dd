import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * A program that sends deliveries, as a process of its own: the stand-ins live in the process of the tests, and who is answered there would
 * wait for them. It is given its plan first, so that it begins without delay.
 */
export class SendingProgram<Result> {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts the program in a file beside this one, and waits until it has its connections. */
  static async prepare<Result>(file: string, plan: object): Promise<SendingProgram<Result>> {
    const program = new SendingProgram<Result>(fork(join(import.meta.dirname, file), { execArgv: ['--disable-warning=ExperimentalWarning'], serialization: 'advanced' }));
    await program.answerTo(plan);
    return program;
  }

  /** Sends; gives what the program tells at its end. */
  send(): Promise<Result> {
    return this.answerTo('go') as Promise<Result>;
  }

  /** Ends a program that sends until it is told to stop. */
  stop(): void {
    if (this.child.connected) this.child.send('stop');
  }

  private answerTo(what: object | string): Promise<unknown> {
    this.child.send(what);
    const ended = once(this.child, 'exit').then(() => Promise.reject(new Error('A program that sends deliveries ended too early')));
    return Promise.race([once(this.child, 'message').then(([message]) => message as unknown), ended]);
  }
}

/**
 * What the user typed, or a file of theirs, is wrong, and the cluster was not asked. Ends the run with exit code 2.
 * Thrown only while the run is being set up; the walk itself knows no exceptions.
 */
export class UsageError extends Error {
  override name = 'UsageError';
  /** What to do next: one sentence or command a line. */
  readonly next: readonly string[];

  constructor(message: string, ...next: string[]) {
    super(message);
    this.next = next;
  }
}

/** What a process tells its supervisor over the IPC channel. */
export type ChildMessage =
  | { readonly ready: true; readonly info: Readonly<Record<string, string | number | boolean>> }
  /** The sentence for the user, where the process fails with one, and whether another try may help. */
  | { readonly failed: string; readonly retryable: boolean };

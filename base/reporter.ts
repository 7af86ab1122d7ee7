/** Receives one line of progress; the entry point decides how it is shown. */
export type Reporter = (line: string) => void;

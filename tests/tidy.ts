import { afterAll, vi } from "vitest";

// Files of unit tests share their process; vitest itself restores only mocks and its configuration.
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

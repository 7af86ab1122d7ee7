/** How many cases a property of `npm test` is tried on; `npm run test:quick` takes a quarter of them. */
export function propertyRuns(cases: number): number {
  return process.env.SCHEDLAB_TEST_QUICK === "1" ? Math.ceil(cases / 4) : cases;
}

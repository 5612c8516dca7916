/**
 * Limits for one YAML or JSON document. Deep nesting crashes Node in a way that cannot be caught, and each token costs
 * some hundred bytes.
 */
export const limits = { depth: 100, lexemes: 400_000, documents: 5000, errors: 1 } as const;

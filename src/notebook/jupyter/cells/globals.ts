// What a cell can call without importing it, besides what Node has, as TypeScript is told of it.

/** A declaration file. */
export const cellGlobals: string = `
/**
 * Asks the person in front of the notebook for a line and waits for it, as in a browser. An empty line gives the default.
 * @param message What is asked.
 * @param options The default, or \`{ default, password }\`: with \`password: true\` what is typed is not shown.
 * @returns The line; \`null\` when there is to be none (end of input). An error where nobody can answer, as in \`warplab run\`.
 */
declare function prompt(message?: string, options?: string | { default?: string; password?: boolean }): string | null;
`;

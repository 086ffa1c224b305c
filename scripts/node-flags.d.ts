/** Types of node-flags.js, for what starts a server beside run.js. */
export const NODE_FLAGS: readonly string[];

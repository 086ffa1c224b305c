/** Types of dashboard.js, for the tests, which build the dashboard as a start does. */
export function ensureDashboard(node: string, say: (text: string) => void): Promise<boolean>;

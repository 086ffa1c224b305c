/** The charts over time and risk: a piece of JavaScript of its own, which comes when the page is there. */
export { LatencyChart } from './latency-chart.tsx';
export { RiskHistogram } from './risk-histogram.tsx';
export { ThroughputChart } from './throughput-chart.tsx';

/** What compose.yaml reads beside the settings of the program; for .env.example, and for the test that nothing is missing. */

interface StackVariable {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
}

export const STACK_VARIABLES: readonly StackVariable[] = [
  {
    name: 'FRONTEND_PORT',
    fallback: '4173',
    meaning: 'Port of the stack on this machine: http://127.0.0.1:4173',
  },
  {
    name: 'API_PORTS',
    fallback: '8080-8089',
    meaning:
      'Ports of the API processes on this machine: one for each, so as many as are scaled to.',
  },
  {
    name: 'FARTHING_IMAGE',
    fallback: 'farthing:local',
    meaning: 'Name of the image that is built and run.',
  },
  {
    name: 'BUILD_IMAGE',
    fallback: 'node:26-trixie-slim',
    meaning: 'Image that ours is built in; nothing of it but system libraries is in the result.',
  },
  { name: 'POSTGRES_IMAGE', fallback: 'postgres:18-alpine', meaning: 'Image of Postgres.' },
  { name: 'REDIS_IMAGE', fallback: 'redis:8-alpine', meaning: 'Image of Redis.' },
  {
    name: 'NGINX_IMAGE',
    fallback: 'nginxinc/nginx-unprivileged:1.30-alpine',
    meaning: 'Image of the frontend.',
  },
  {
    name: 'SEED_COUNT',
    fallback: '1000',
    meaning: 'How many payments the service seed makes.',
  },
  {
    name: 'SEED_BATCH_SIZE',
    fallback: '250',
    meaning: 'How many of them at a time.',
  },
  {
    name: 'FARTHING_API_KEY',
    fallback: '',
    meaning: 'Key that the service seed and the command line send; needed when API_KEYS is set.',
  },
  {
    name: 'PROMETHEUS_IMAGE',
    fallback: 'prom/prometheus:v3.13.2',
    meaning: 'Image of Prometheus, in the profile observability.',
  },
  { name: 'PROMETHEUS_PORT', fallback: '9090', meaning: 'Its port on this machine.' },
  {
    name: 'GRAFANA_IMAGE',
    fallback: 'grafana/grafana:12.1.0',
    meaning: 'Image of Grafana, in the profile observability.',
  },
  { name: 'GRAFANA_PORT', fallback: '3000', meaning: 'Its port on this machine.' },
  {
    name: 'GRAFANA_PASSWORD',
    fallback: 'farthing',
    meaning: 'Password of its user admin; everybody on this machine may look without one.',
  },
];

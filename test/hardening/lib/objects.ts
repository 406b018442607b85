/** What is true of a Service of the stage, whatever svc-debug is able to see of it. */
export interface Truth {
  service: string;
  verdict: 'healthy' | 'broken';
  /** Root causes that are right. */
  causes: readonly string[];
  /** Errors that are true, and that stand as the cause where the cause itself cannot be seen. */
  signs: readonly string[];
}

const REFUSED = ['ip/refused', 'endpoints/none-ready', 'endpoints/no-ports'];

export const TRUTHS = {
  healthy: { service: 'web', verdict: 'healthy', causes: [], signs: [] },
  ports: {
    service: 'wrong-port',
    verdict: 'broken',
    causes: ['spec/target-port-closed'],
    signs: ['ip/refused', 'pods/port-closed'],
  },
  crash: { service: 'crashes', verdict: 'broken', causes: ['pods/crash-loop'], signs: [...REFUSED, 'pods/not-ready'] },
  typo: {
    service: 'typo',
    verdict: 'broken',
    causes: ['endpoints/selector-mismatch'],
    signs: [...REFUSED, 'endpoints/no-pods'],
  },
  missing: {
    service: 'wbe',
    verdict: 'broken',
    causes: ['exists/misspelled', 'exists/no-service'],
    signs: ['dns/name-not-found'],
  },
} as const satisfies Record<string, Truth>;

export const CLIENT = 'client';

const labels = (app: string) => ({ metadata: { labels: { app } } });

const deployment = (app: string, replicas: number, container: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: app, ...labels(app).metadata },
  spec: {
    replicas,
    selector: { matchLabels: { app } },
    template: {
      ...labels(app),
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: app, ...container }] },
    },
  },
});

const service = (name: string, app: string, targetPort: string | number = 'http') => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort }] },
});

const BUSYBOX = 'busybox:1.36';
/** In the pod's environment, and in a Secret: no output may ever show it. */
export const ENVIRONMENT_SECRET = 'hardening-environment-value-6f1d';

export const OBJECTS: readonly object[] = [
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'database' },
    stringData: { DATABASE_PASSWORD: ENVIRONMENT_SECRET },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { LEVEL: 'debug' } },
  deployment('web', 2, {
    image: 'registry.k8s.io/serve_hostname',
    ports: [{ name: 'http', containerPort: 9376 }],
    env: [{ name: 'DATABASE_PASSWORD', value: ENVIRONMENT_SECRET }],
  }),
  deployment('crashes', 1, {
    image: BUSYBOX,
    command: ['sh', '-c', `echo "cannot open the database, password=${ENVIRONMENT_SECRET}"; exit 3`],
    ports: [{ name: 'http', containerPort: 8080 }],
    envFrom: [{ secretRef: { name: 'database' } }, { configMapRef: { name: 'settings' } }],
  }),
  service('web', 'web'),
  service('wrong-port', 'web', 8080),
  service('crashes', 'crashes'),
  service('typo', 'wep'),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web-is-open' },
    spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'], ingress: [{}] },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: CLIENT, labels: { app: CLIENT } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        { name: CLIENT, image: BUSYBOX, command: ['sleep', '86400'], env: [{ name: 'BACKEND', value: 'http://web' }] },
      ],
    },
  },
];

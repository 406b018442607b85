import { describe, expect, test } from 'vitest';
import { isDatabase } from '../../src/model/database.ts';
import type { Container, ServicePort } from '../../src/model/kubernetes.ts';
import { pod } from '../support/objects.ts';

const podWith = (...containers: Container[]) => [pod({ name: 'p', spec: { containers } })];
const serving = (image: string) => podWith({ name: 'c', image, ports: [{ containerPort: 9000 }] });
const PORT: ServicePort = { port: 9000 };

describe('a port is a database', () => {
  test.each([3306, 5432, 6379, 27017, 9092, 1433])('by its number %i', (port) => {
    expect(isDatabase({ port }, [])).toBe(true);
  });

  test('by the number behind it', () => {
    expect(isDatabase({ port: 80, targetPort: 5432 }, podWith({ name: 'c', image: 'i' }))).toBe(true);
  });

  test.each(['mysql', 'tcp-postgresql', 'redis', 'redis-0', 'mongodb', 'amqp', 'kafka', 'db', 'pg', 'MySQL'])(
    'by the name %s',
    (name) => {
      expect(isDatabase({ ...PORT, name }, [])).toBe(true);
      expect(isDatabase({ ...PORT, targetPort: name }, [])).toBe(true);
      expect(isDatabase({ ...PORT, appProtocol: name }, [])).toBe(true);
    },
  );

  test.each([
    'mysql:8',
    'docker.io/library/postgres:16-alpine',
    'registry.example:5000/bitnami/postgresql@sha256:abc',
    'redis',
    'quay.io/minio/mongodb:7',
    'confluentinc/cp-kafka:7.6',
    'ghcr.io/cloudnative-pg/postgresql:16',
  ])('by the image %s', (image) => {
    expect(isDatabase(PORT, serving(image))).toBe(true);
  });
});

describe('it is none', () => {
  test.each(['http', 'web', 'dbadmin-http', 'grpc', 'pgadmin'])('by the name %s', (name) => {
    expect(isDatabase({ ...PORT, name }, [])).toBe(false);
  });

  test.each(['nginx:1', 'postgrest/postgrest:12', 'example/redisearch-ui:1', 'mysql/my-shop:1'])(
    'by the image %s',
    (image) => {
      expect(isDatabase(PORT, serving(image))).toBe(false);
    },
  );

  test('where another container of the pod is one', () => {
    const both = podWith(
      { name: 'app', image: 'shop:1', ports: [{ containerPort: 9000 }] },
      { name: 'cache', image: 'redis:7', ports: [{ containerPort: 6379 }] },
    );
    expect(isDatabase(PORT, both)).toBe(false);
    expect(isDatabase({ port: 80, targetPort: 6379 }, both)).toBe(true);
  });
});

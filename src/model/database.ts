import type { Pod, ServicePort } from './kubernetes.ts';
import { declaredPorts, podPortOf } from './ports.ts';
import { isShy } from './samples.ts';

/** Names of ports and of protocols, by convention with the transport in front or a number behind: `tcp-mysql`, `redis-0`. */
const NAMES =
  /^(tcp-)?(mysqlx?|mariadb|pg|pgsql|postgres(ql)?|pgbouncer|redis|valkey|sentinel|mongo(db)?|amqps?|rabbitmq|kafka|broker|cql|cassandra|memcached?|mssql|tds|oracle|tns|db|database|sql|etcd|zookeeper|nats)(-|$|\d)/;

/** Images of servers that count or log broken handshakes, by the last part of their name: `bitnami/postgresql:16`. */
const IMAGES =
  /^(mysql|mariadb|percona|postgres(ql)?|postgis|pgbouncer|pgpool|timescaledb|redis|valkey|keydb|dragonfly|mongo(db)?|cassandra|scylla|rabbitmq|kafka|cp-kafka|redpanda|memcached|cockroach|oracle|mssql|etcd|zookeeper)([-_.\d][^/]*)?$/;

/** Whether a database or a broker serves a port, as its number, its name, or the image of the container behind it say. */
export function isDatabase(port: ServicePort, pods: readonly Pod[]): boolean {
  const numbers = pods.flatMap((pod) => podPortOf(pod, port) ?? []);
  if ([port.port, ...numbers].some(isShy)) return true;
  const words = [port.name, port.appProtocol, typeof port.targetPort === 'string' ? port.targetPort : undefined];
  return words.some((word) => word !== undefined && NAMES.test(word.toLowerCase())) || hasImage(port, pods);
}

/** Of the container that declares the port; where none does, of a pod's only container. */
function hasImage(port: ServicePort, [pod]: readonly Pod[]): boolean {
  if (!pod) return false;
  const number = podPortOf(pod, port);
  const containers = pod.spec?.containers ?? [];
  const declaring = containers.filter(({ name }) =>
    declaredPorts(pod).some(({ container, containerPort }) => container === name && containerPort === number),
  );
  const [only, ...others] = containers;
  const behind = declaring.length > 0 ? declaring : only && others.length === 0 ? [only] : [];
  return behind.some(({ image = '' }) => IMAGES.test(image.slice(image.lastIndexOf('/') + 1).replace(/[:@].*$/, '')));
}

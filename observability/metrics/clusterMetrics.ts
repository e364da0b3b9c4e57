import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';

// Where one of our servers is several processes (node:cluster), the first shows one page with the figures of all others added
// up, or the largest where a sum would say nothing: one place for Prometheus to look, however many there are.

/** In one of the several: answers the first when it asks. */
export function shareMetrics(registry: Registry): void {
  AggregatorRegistry.setRegistries(registry);
  listen();
}

/** In any other: its own figures, or those of the processes that it keeps, where it keeps some. */
export function pageOf(registry: Registry): () => Promise<string> {
  const several = listen();
  return () =>
    Object.keys(cluster.workers ?? {}).length === 0 ? registry.metrics() : several.clusterMetrics();
}

/** Its being made is what makes prom-client listen to the other processes. */
const listen = (): AggregatorRegistry<typeof Registry.PROMETHEUS_CONTENT_TYPE> => new AggregatorRegistry();

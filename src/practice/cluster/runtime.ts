import type { Volume } from '../machine/files.ts';
import { NetworkPlace } from '../network/place.ts';
import type { ContainerSpec, Node, Pod } from '../objects.ts';
import { type ContainerKind, ContainerRun } from './containerRun.ts';
import { fillVolume, Missing } from './environment.ts';
import { type PodState, reportPod } from './podStatus.ts';
import type { World } from './world.ts';

/** Gives a pod that has a node its network and its containers, and lets them run. */
export function startPod(world: World, pod: Pod): void {
  const runtime = new PodRuntime(world, pod);
  world.runtimes.set(pod.metadata.uid, runtime);
  runtime.start().catch((error: unknown) => {
    // a defect of ours: it must not look like a fault of the pod
    queueMicrotask(() => {
      throw error;
    });
  });
}

/** What the kubelet of a node does for one pod. */
export class PodRuntime {
  readonly world: World;
  readonly place: NetworkPlace;
  readonly volumes = new Map<string, Volume>();
  readonly containers: ContainerRun[] = [];
  readonly init: ContainerRun[] = [];
  readonly ephemeral: ContainerRun[] = [];
  isStopped = false;
  readonly stopped: Promise<void>;
  #stop: () => void = () => undefined;
  #initialized = false;
  #expired = false;
  /** Exit codes, where a container is not to run again. */
  readonly #codes = new Map<ContainerRun, number>();
  readonly #uid: string;
  #last: Pod;

  constructor(world: World, pod: Pod) {
    this.world = world;
    this.#uid = pod.metadata.uid;
    this.#last = pod;
    this.stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
    const node = world.store.get<Node>('Node', undefined, pod.spec.nodeName ?? '');
    const host = node?.status.addresses[0]?.address ?? '';
    this.place = this.#placeOn(node?.metadata.name ?? '', host);
    world.network.add(this.place);
    const time = world.store.time();
    const { conditions: _, ...status } = pod.status;
    pod.status = { ...status, hostIP: host, startTime: time };
    const run = (spec: ContainerSpec, kind: ContainerKind) => new ContainerRun(this, spec, kind);
    const { initContainers = [], containers } = pod.spec;
    this.init.push(...initContainers.map((spec) => run(spec, spec.restartPolicy === 'Always' ? 'sidecar' : 'init')));
    this.containers.push(...containers.map((spec) => run(spec, 'app')));
    for (const { name } of pod.spec.volumes ?? []) this.volumes.set(name, new Map());
  }

  /** The pod as it is now. */
  get pod(): Pod {
    this.#last = (this.world.store.byUid(this.#uid) as Pod | undefined) ?? this.#last;
    return this.#last;
  }

  get hasInit(): boolean {
    return (this.#last.spec.initContainers ?? []).length > 0;
  }

  #placeOn(node: string, host: string): NetworkPlace {
    const { network } = this.world;
    const own = network.nodes.get(node);
    if (this.#last.spec.hostNetwork && own) return own.place;
    const runtime = this;
    const prefix = (own?.podCidr ?? host).replace(/\.0\/\d+$/, '');
    if (own)
      do own.lastAddress = (own.lastAddress % 254) + 1;
      while (network.places.has(`${prefix}.${own.lastAddress}`));
    return new NetworkPlace(`${prefix}.${own?.lastAddress ?? 0}`, node, {
      namespace: this.#last.metadata.namespace ?? 'default',
      name: this.#last.metadata.name,
      get labels() {
        return runtime.pod.metadata.labels ?? {};
      },
      ports: this.#last.spec.containers.flatMap(({ ports = [] }) =>
        ports.map(({ name, containerPort, protocol = 'TCP' }) => ({
          ...(name && { name }),
          port: containerPort,
          protocol,
        })),
      ),
    });
  }

  event(type: 'Normal' | 'Warning', reason: string, message: string, container?: string): void {
    if (!this.isStopped) this.world.event(this.pod, type, reason, message, 'kubelet', container);
  }

  async start(): Promise<void> {
    this.changed();
    await this.world.clock.sleep(1000);
    if (!(await this.#mount())) return;
    this.#address();
    for (const run of this.init) {
      const code = await (run.kind === 'sidecar' ? this.#raise(run) : run.run());
      if (code === undefined) return;
      if (code !== 0) return this.#finished(run, code);
    }
    this.#initialized = true;
    this.changed();
    const deadline = this.pod.spec.activeDeadlineSeconds;
    if (deadline !== undefined) this.world.clock.after(deadline * 1000, () => this.#expire());
    for (const run of this.containers) void this.#keep(run);
  }

  /** https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/: the next one waits for its start, not for its end. */
  async #raise(run: ContainerRun): Promise<number | undefined> {
    void run.run();
    await Promise.race([run.up, this.stopped]);
    return this.isStopped ? undefined : 0;
  }

  /** It has an address once its sandbox is there, and that is not before its volumes are. */
  #address(): void {
    const { address } = this.place;
    Object.assign(this.pod.status, { podIP: address, podIPs: [{ ip: address }] });
    this.world.store.touch(this.pod);
    this.changed();
  }

  async #keep(run: ContainerRun): Promise<void> {
    const code = await run.run();
    if (code !== undefined) this.#finished(run, code);
  }

  #finished(run: ContainerRun, code: number): void {
    this.#codes.set(run, code);
    this.changed();
  }

  async #mount(): Promise<boolean> {
    while (!this.isStopped) {
      try {
        for (const spec of this.pod.spec.volumes ?? [])
          fillVolume(this.world, this.pod, spec, this.volumes.get(spec.name) ?? new Map());
        return true;
      } catch (error) {
        if (!(error instanceof Missing)) throw error;
        this.event('Warning', 'FailedMount', `MountVolume.SetUp failed for volume: ${error.message}`);
        await Promise.race([this.world.clock.sleep(60_000), this.world.poked(), this.stopped]);
      }
    }
    return false;
  }

  /** Starts what was added while it ran. */
  debug(spec: ContainerSpec): void {
    const run = new ContainerRun(this, spec, 'ephemeral');
    this.ephemeral.push(run);
    this.changed();
    void run.run();
  }

  #expire(): void {
    if (this.isStopped) return;
    for (const run of this.containers) run.stop();
    this.#expired = true;
    this.stop();
  }

  /** Ends every process; the pod is going. */
  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.#stop();
    for (const run of [...this.init, ...this.containers, ...this.ephemeral]) run.stop();
    if (this.place.owner) this.world.network.places.delete(this.place.address);
    for (const { status } of this.containers) status.ready = false;
    this.changed(true);
  }

  #state(): PodState {
    const { init, containers, ephemeral } = this;
    return { init, containers, ephemeral, initialized: this.#initialized, codes: this.#codes, expired: this.#expired };
  }

  changed(evenStopped = false): void {
    const { pod } = this;
    if ((this.isStopped && !evenStopped) || !this.world.store.byUid(this.#uid)) return;
    const before = JSON.stringify(pod.status);
    reportPod(pod, this.#state(), this.world.store.time());
    if (JSON.stringify(pod.status) !== before) this.world.store.touch(pod);
  }
}

import { channel, nowhere, standardFiles } from '../machine/channel.ts';
import { Container } from '../machine/container.ts';
import type { Task } from '../machine/task.ts';
import type { ContainerSpec, ContainerStatus } from '../objects.ts';
import type { Image } from '../programs/images.ts';
import { BackOff, printPause } from './backOff.ts';
import { environmentOf, expanded, Missing, systemFiles } from './environment.ts';
import { watchHealth } from './health.ts';
import { pullImage } from './imagePull.ts';
import { bytesOf } from './quantity.ts';
import type { PodRuntime } from './runtime.ts';

/** 128 + SIGKILL. */
const KILLED = 137;

/** `sidecar`: an init container that stays. */
export type ContainerKind = 'init' | 'sidecar' | 'app' | 'ephemeral';

/** One container of a pod, over all its restarts. */
export class ContainerRun {
  readonly status: ContainerStatus;
  container: Container | undefined;
  /** What the run that is on, and the one before, wrote. */
  logs = { current: '', previous: undefined as string | undefined };
  readonly #pod: PodRuntime;
  readonly spec: ContainerSpec;
  readonly kind: ContainerKind;
  /** Settles when it has started, as its startup probe sees it. */
  readonly up: Promise<void>;
  #rise: () => void = () => undefined;
  #readiness = false;

  constructor(pod: PodRuntime, spec: ContainerSpec, kind: ContainerKind) {
    this.#pod = pod;
    this.spec = spec;
    this.kind = kind;
    this.up = new Promise((resolve) => {
      this.#rise = resolve;
    });
    this.status = {
      name: spec.name,
      image: spec.image,
      imageID: '',
      ready: false,
      started: false,
      restartCount: 0,
      state: { waiting: { reason: kind === 'app' && pod.hasInit ? 'PodInitializing' : 'ContainerCreating' } },
      lastState: {},
    };
  }

  /** Runs it, and again, as long as its pod wants that. Gives the exit code of the last run; undefined when the pod ends. */
  async run(): Promise<number | undefined> {
    const { clock } = this.#pod.world;
    const backOff = new BackOff();
    for (;;) {
      const image = await pullImage(this.#pod, this.spec, (reason, message) => this.#wait(reason, message));
      if (image) this.status.imageID = `practice.invalid/${this.spec.image}`;
      const env = await this.#configure();
      if (!image || !env) return undefined;
      const began = clock.now;
      const code = await this.#once(image, env);
      if (this.#pod.isStopped) return undefined;
      if (!this.#restarts(code)) return code;
      const pauseMs = backOff.pauseMs(clock.now - began);
      if (pauseMs > 0) this.#wait('CrashLoopBackOff', this.#backOffMessage(pauseMs));
      await clock.sleep(Math.max(pauseMs, 1000));
      if (this.#pod.isStopped) return undefined;
      this.status.restartCount += 1;
    }
  }

  #backOffMessage(pauseMs: number): string {
    const { name, namespace, uid } = this.#pod.pod.metadata;
    const container = this.spec.name;
    const pod = `${name}_${namespace}(${uid})`;
    this.#pod.event('Warning', 'BackOff', `Back-off restarting failed container ${container} in pod ${pod}`, container);
    return `back-off ${printPause(pauseMs)} restarting failed container=${container} pod=${pod}`;
  }

  #restarts(code: number): boolean {
    if (this.kind === 'ephemeral' || this.kind === 'sidecar') return this.kind === 'sidecar';
    const policy = this.#pod.pod.spec.restartPolicy;
    if (policy === 'Never') return false;
    return code !== 0 || (policy === 'Always' && this.kind === 'app');
  }

  #wait(reason: string, message: string): void {
    this.status.state = { waiting: { reason, message } };
    this.#pod.changed();
  }

  async #configure(): Promise<Record<string, string> | undefined> {
    const { world, pod } = this.#pod;
    while (!this.#pod.isStopped) {
      try {
        return environmentOf(world, pod, this.spec);
      } catch (error) {
        if (!(error instanceof Missing)) throw error;
        this.#wait('CreateContainerConfigError', error.message);
        this.#pod.event('Warning', 'Failed', `Error: ${error.message}`, this.spec.name);
        await Promise.race([world.clock.sleep(60_000), world.poked(), this.#pod.stopped]);
      }
    }
    return undefined;
  }

  async #once(image: Image, env: Record<string, string>): Promise<number> {
    const { store } = this.#pod.world;
    const { name, startupProbe, readinessProbe } = this.spec;
    const container = this.#make(image);
    this.logs = { current: '', previous: this.status.restartCount > 0 ? this.logs.current : undefined };
    this.container = container;
    const ended = this.#launch(container, this.#command(image, env), env);
    this.#pod.event('Normal', 'Created', `Created container: ${name}`, name);
    this.#pod.event('Normal', 'Started', `Started container ${name}`, name);
    const run = { startedAt: store.time(), containerID: `containerd://${this.#id()}` };
    const { startedAt, containerID } = run;
    Object.assign(this.status, { state: { running: { startedAt } }, started: !startupProbe, containerID });
    this.#readiness = !readinessProbe;
    this.#probe(container);
    this.#report();
    const code = await ended;
    const exitCode = container.stopped ? (image.stopCode ?? KILLED) : code;
    return this.#ended(container, container.outOfMemory ? KILLED : exitCode, run);
  }

  #make({ programs }: Image): Container {
    const { world, place, volumes, pod } = this.#pod;
    const { name, resources, volumeMounts = [] } = this.spec;
    const { network, view: cluster, booted } = world;
    const memory = bytesOf(resources?.limits?.memory);
    const container = new Container({ name, place, network, cluster, programs, memory, booted });
    systemFiles(world, pod, container.files);
    for (const mount of volumeMounts) container.files.mount(mount.mountPath, volumes.get(mount.name) ?? new Map());
    return container;
  }

  #command(image: Image, env: Record<string, string>): string[] {
    const { command, args } = this.spec;
    const words = [...(command ?? image.entrypoint), ...(args ?? (command ? [] : image.command))];
    return words.map((word) => Buffer.from(expanded(word, env)).toString('latin1'));
  }

  #ended(container: Container, exitCode: number, run: { startedAt: string; containerID: string }): number {
    container.signal('KILL');
    this.container = undefined;
    const reason = container.outOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error';
    const terminated = { exitCode, reason, ...run, finishedAt: this.#pod.world.store.time() };
    Object.assign(this.status, { state: { terminated }, started: false, ready: false });
    if (this.#restarts(exitCode) && !this.#pod.isStopped) this.status.lastState = { terminated };
    this.#pod.changed(true);
    return exitCode;
  }

  #id = (): string =>
    Array.from({ length: 64 }, () => '0123456789abcdef'[Math.floor(this.#pod.world.random() * 16)]).join('');

  #launch(container: Container, argv: readonly string[], env: Record<string, string>): Promise<number> {
    const program = container.program(argv[0] ?? '');
    const files = standardFiles(nowhere(), channel({ write: (text) => this.#log(text) }));
    const run = async (task: Task) => {
      if (program) return program(task, argv);
      this.#log(`exec: "${argv[0]}": executable file not found in $PATH\n`);
      return 127;
    };
    return container.start({ clock: this.#pod.world.clock, files, argv, env, run }).ended;
  }

  #log(text: string): void {
    this.logs.current = (this.logs.current + text).slice(-100_000);
  }

  #probe(container: Container): void {
    const ready = (is: boolean) => {
      this.#readiness = is;
      this.#report();
    };
    const started = () => {
      this.status.started = true;
      this.#report();
    };
    const isOver = () => this.container !== container || this.#pod.isStopped;
    const event = (type: 'Normal' | 'Warning', reason: string, message: string) =>
      this.#pod.event(type, reason, message, this.spec.name);
    watchHealth({ world: this.#pod.world, container, spec: this.spec, isOver, event, ready, started });
  }

  #report(): void {
    this.status.ready = this.container !== undefined && this.status.started && this.#readiness;
    if (this.status.started) this.#rise();
    this.#pod.changed();
  }

  stop(): void {
    this.container?.signal('KILL');
  }
}

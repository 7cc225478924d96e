/** A call out of a process, as plain data. */
export interface Call {
  readonly service: string;
  readonly name: string;
  readonly input: unknown;
}

/** What comes back: plain data, or nothing, since the answer or the request itself was lost. */
export type Answer = { readonly value: unknown } | { readonly lost: true };

/** How a program calls out: every call is a point at which others may come in between. */
export type Port = (call: Call) => Promise<Answer>;

/** How a program ended: plain data too. */
export type Outcome =
  | { readonly value: unknown }
  | { readonly error: { readonly code: string; readonly message: string } };

/** One that acts: a process that rotates, a reader, an operator. */
export interface Actor {
  readonly name: string;
  /**
   * Its program. It must do the same whenever it gets the same answers, and make one call at a time.
   * @param incarnation 0, and one more after each crash: what is random differs by it
   */
  readonly run: (port: Port, incarnation: number) => Promise<unknown>;
  /** Whether it may crash between two calls, to be started again. Default false. */
  readonly crashes?: boolean;
  /** Whether its requests and their answers may be lost. Default false. */
  readonly loses?: boolean;
}

/** What a step did, for the rules and for the story that a violation tells. */
export interface Step {
  readonly actor: string;
  readonly call: Call;
  readonly answer: Answer;
}

export interface Model<World> {
  readonly initial: World;
  readonly actors: readonly Actor[];
  /** The rules of all services: a pure function. @param actor its name, with the number of its incarnation */
  apply(world: World, call: Call, actor: string): { readonly world: World; readonly answer: unknown };
  /** What happens by itself: a follower that catches up. Undefined where it cannot happen now. */
  readonly happenings?: Readonly<Record<string, (world: World) => World | undefined>>;
  /** Crashes, and lost requests or answers, in one schedule. Default 0. */
  readonly crashes?: number;
  readonly losses?: number;
  /** What must be true of every step. @throws where it is not */
  check(before: World, after: World, step: Step): void;
  /** What must be true of a process that has ended. @throws where it is not */
  checkOutcome?(world: World, actor: string, outcome: Outcome): void;
  /** What must be true where nobody acts any more. @throws where it is not */
  checkEnd?(world: World): Promise<void> | void;
}

export interface Explored {
  /** Different states: the world, what each process has seen so far, and what may still go wrong. */
  readonly states: number;
  readonly steps: number;
  /** Ways through them from the beginning to an end. */
  readonly schedules: bigint;
  /** Runs of the code itself: as many as it takes to know what it does after each series of answers. */
  readonly runs: number;
}

/** A schedule that breaks a rule, told step by step. */
export class Violation extends Error {}

interface State<World> {
  readonly world: World;
  readonly nodes: readonly ProcessNode[];
  readonly crashes: number;
  readonly losses: number;
}

/**
 * Goes through all interleavings. A process is known by the answers that it got: the code is deterministic but for those, so that two
 * schedules after which the world is the same and everybody has seen the same need be followed once only. The code is run for each
 * series of answers, and not for each schedule.
 * @param maxStates default 1,000,000; more are an error, and not a quiet end
 * @throws Violation
 */
export async function explore<World>(model: Model<World>, maxStates = 1_000_000): Promise<Explored> {
  const trees = model.actors.map((actor) => new ProcessTree(actor));
  const seen = new Map<string, bigint>();
  const worlds = new Map<string, number>();
  const story: string[] = [];
  let steps = 0;

  const keyOf = ({ world, nodes, crashes, losses }: State<World>): string => {
    const text = JSON.stringify(world);
    const id = worlds.get(text) ?? worlds.size;
    worlds.set(text, id);
    return `${id} ${nodes.map((node) => node.id).join(' ')} ${crashes} ${losses}`;
  };

  async function visit(state: State<World>): Promise<bigint> {
    const key = keyOf(state);
    const known = seen.get(key);
    if (known !== undefined) return known;
    if (seen.size >= maxStates) throw new Error(`There are more than ${maxStates} states.`);
    seen.set(key, 0n);
    const schedules = await visitAll(state);
    seen.set(key, schedules);
    return schedules;
  }

  async function visitAll(state: State<World>): Promise<bigint> {
    let schedules = 0n;
    let isOver = true;
    for (const [index, node] of state.nodes.entries()) {
      if (!('call' in node.event)) continue;
      isOver = false;
      schedules += await act(state, index, node, node.event.call);
    }
    for (const [name, happen] of Object.entries(model.happenings ?? {})) {
      const world = happen(state.world);
      if (world !== undefined) schedules += await follow(name, { ...state, world });
    }
    if (isOver) await guard('the end', () => model.checkEnd?.(state.world));
    return isOver && schedules === 0n ? 1n : schedules;
  }

  async function act(state: State<World>, index: number, node: ProcessNode, call: Call): Promise<bigint> {
    const { actor } = node.tree;
    const name = `${actor.name}#${node.incarnation}`;
    const { world, answer } = model.apply(state.world, call, name);
    const step = { actor: name, call, answer: { value: answer } };
    let schedules = await proceed(state, index, node, world, step);
    if (actor.loses === true && state.losses > 0) {
      const lost = { actor: name, call, answer: { lost: true } } as const;
      const fewer = { ...state, losses: state.losses - 1 };
      schedules += await proceed(fewer, index, node, world, lost);
      schedules += await proceed(fewer, index, node, state.world, lost);
    }
    if (actor.crashes === true && state.crashes > 0 && node.parent !== undefined) {
      const nodes = state.nodes.with(index, await node.tree.start(node.incarnation + 1));
      schedules += await follow(`${name} crashes`, { ...state, nodes, crashes: state.crashes - 1 });
    }
    return schedules;
  }

  async function proceed(
    state: State<World>,
    index: number,
    node: ProcessNode,
    world: World,
    step: Step,
  ): Promise<bigint> {
    const next = await node.tree.proceed(node, step.answer);
    return follow(tell(step), { ...state, world, nodes: state.nodes.with(index, next) }, () => {
      model.check(state.world, world, step);
      if ('outcome' in next.event) model.checkOutcome?.(world, step.actor, next.event.outcome);
    });
  }

  async function follow(told: string, state: State<World>, check?: () => void): Promise<bigint> {
    steps += 1;
    story.push(told);
    try {
      if (check !== undefined) await guard(told, check);
      return await visit(state);
    } finally {
      story.pop();
    }
  }

  async function guard(at: string, check: () => Promise<void> | void): Promise<void> {
    try {
      await check();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Violation(`${reason}\nat: ${at}\n${story.map((line, index) => `${index + 1}. ${line}`).join('\n')}`);
    }
  }

  const nodes = await Promise.all(trees.map((tree) => tree.start(0)));
  for (const { event, tree } of nodes)
    if (!('call' in event)) throw new Error(`${tree.actor.name} ends before its first call: ${JSON.stringify(event)}`);
  const { crashes = 0, losses = 0 } = model;
  const schedules = await visit({ world: model.initial, nodes, crashes, losses });
  return { states: seen.size, steps, schedules, runs: trees.reduce((sum, tree) => sum + tree.runs, 0) };
}

function tell({ actor, call, answer }: Step): string {
  const came = 'lost' in answer ? 'lost' : (JSON.stringify(answer.value) ?? 'nothing');
  return `${actor}: ${call.name} ${JSON.stringify(call.input)} -> ${came}`.slice(0, 600);
}

type ProcessEvent = { readonly call: Call } | { readonly outcome: Outcome };

/** A process after a series of answers. */
interface ProcessNode {
  readonly tree: ProcessTree;
  readonly id: number;
  readonly incarnation: number;
  readonly parent: ProcessNode | undefined;
  /** What the parent was answered, so that this one came to be. */
  readonly answer: Answer | undefined;
  readonly event: ProcessEvent;
  readonly children: Map<string, ProcessNode>;
  /** The code itself, where it stands just here. */
  running: RunningProcess | undefined;
}

let nextId = 0;

/** All that a program may come to, by the answers that it gets. */
class ProcessTree {
  readonly actor: Actor;
  readonly #roots = new Map<number, ProcessNode>();
  runs = 0;

  constructor(actor: Actor) {
    this.actor = actor;
  }

  async start(incarnation: number): Promise<ProcessNode> {
    const known = this.#roots.get(incarnation);
    if (known !== undefined) return known;
    const { running, event } = await this.#run(incarnation, []);
    const root = this.#add({ incarnation, parent: undefined, answer: undefined, event, running });
    this.#roots.set(incarnation, root);
    return root;
  }

  async proceed(node: ProcessNode, answer: Answer): Promise<ProcessNode> {
    const key = JSON.stringify(answer);
    const known = node.children.get(key);
    if (known !== undefined) return known;
    // The one that stands here goes on; where it has gone on already, another is brought here.
    const running = node.running ?? (await this.#run(node.incarnation, answersTo(node))).running;
    node.running = undefined;
    const event = await running.answer(answer);
    const child = this.#add({ incarnation: node.incarnation, parent: node, answer, event, running });
    node.children.set(key, child);
    return child;
  }

  #add(parts: Pick<ProcessNode, 'incarnation' | 'parent' | 'answer' | 'event' | 'running'>): ProcessNode {
    nextId += 1;
    return { ...parts, tree: this, id: nextId, children: new Map() };
  }

  async #run(
    incarnation: number,
    answers: readonly Answer[],
  ): Promise<{ running: RunningProcess; event: ProcessEvent }> {
    this.runs += 1;
    const running = new RunningProcess((port) => this.actor.run(port, incarnation));
    let event = await running.first;
    for (const answer of answers) event = await running.answer(answer);
    return { running, event };
  }
}

function answersTo(node: ProcessNode): Answer[] {
  const answers: Answer[] = [];
  for (let at: ProcessNode | undefined = node; at?.answer !== undefined; at = at.parent) answers.unshift(at.answer);
  return answers;
}

/** A program that stops at each of its calls until it is told the answer. */
class RunningProcess {
  readonly first: Promise<ProcessEvent>;
  #emit: (event: ProcessEvent) => void = () => undefined;
  #reply: ((answer: Answer) => void) | undefined;

  constructor(run: (port: Port) => Promise<unknown>) {
    this.first = this.#next();
    const port: Port = (call) =>
      new Promise((resolve) => {
        if (this.#reply !== undefined) throw new Error(`A second call at the same time: ${call.name}`);
        this.#reply = resolve;
        this.#emit({ call });
      });
    void run(port).then(
      (value) => this.#emit({ outcome: { value } }),
      (error: unknown) => this.#emit({ outcome: { error: toPlain(error) } }),
    );
  }

  answer(answer: Answer): Promise<ProcessEvent> {
    const reply = this.#reply;
    if (reply === undefined) throw new Error('The program waits for nothing: it is not deterministic.');
    this.#reply = undefined;
    const next = this.#next();
    reply(answer);
    return next;
  }

  #next(): Promise<ProcessEvent> {
    return new Promise((resolve) => {
      this.#emit = resolve;
    });
  }
}

function toPlain(error: unknown): { code: string; message: string } {
  const { code = 'internal', message, stack } = error as { code?: string; message: string; stack: string };
  return { code, message: code === 'internal' ? stack : message };
}

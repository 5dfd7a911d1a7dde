import type { Converter } from 'tslab/dist/converter';
import { type Flags, Phase, type Report, type Task } from './channel';
import { compileCell } from './compiler/cellCompiler';
import type { Prelude } from './compiler/prelude';
import { complete, inspectAt, isComplete } from './language';
import { resultBundle } from './runtime/display';
import { Interruption } from './runtime/interruption';
import { CellRequire } from './runtime/requireFrom';
import { runCell } from './runtime/runCell';
import { createScope, markUnset, type Scope } from './runtime/scope';
import { prepareTensorflow, stopTraining } from './runtime/tensorflow';
import { describeError, describeProblems, type ErrorContent, registerSource } from './runtime/traceback';

type ExecuteTask = Extract<Task, { kind: 'execute' }>;

/** Time that an interrupted cell has to end by itself, in ms: longer when it looks at its signal or trains a model. */
export const grace: { readonly plain: number; readonly cooperative: number } = { plain: 40, cooperative: 1500 };

interface Running {
  readonly task: ExecuteTask;
  readonly interruption: Interruption;
  /** Runs code that has not returned yet. If the event loop gets a turn while this is set, the code was cut off. */
  synchronous: boolean;
  declarations: string;
  readonly atEnd: (() => void)[];
}

/** Type-checks and runs cells, one at a time, on the main thread. Its state never hangs on a call that may be cut off. */
export class Session {
  private declarations: string;
  private running: Running | undefined;
  private lastId = '';
  private cells = 0;
  private readonly scope: Scope;
  private readonly onDemand: Map<string, string>;
  private readonly cellRequire: CellRequire;
  private idle: Interruption;

  constructor(
    private readonly converter: Converter,
    prelude: Prelude,
    private readonly flags: Flags,
    private readonly folder: string,
    private readonly report: (report: Report) => void,
  ) {
    this.declarations = prelude.declarations;
    this.onDemand = new Map(prelude.onDemand);
    this.idle = new Interruption(flags);
    this.cellRequire = new CellRequire(folder, (id, load) => {
      if (id === 'tslab') return require('tslab/dist/public');
      const module = load();
      if (id.startsWith('@tensorflow/'))
        prepareTensorflow(module, () => {
          flags.cooperative = true;
        });
      return module;
    });
    this.scope = createScope(prelude, (module) => this.cellRequire.require(module) as Record<string, unknown>);
  }

  /** The signal of the cell that runs. */
  get signal(): AbortSignal {
    return (this.running?.interruption ?? this.idle).signal;
  }

  /** Calls back when the cell that runs ends. */
  onCellEnd(callback: () => void): void {
    this.running?.atEnd.push(callback);
  }

  /** Sends a message about the cell that runs, or that ran last. */
  readonly publish = (type: string, content: Record<string, unknown>): void => {
    this.report({ kind: 'publish', id: this.lastId, type, content });
  };

  readonly write = (name: 'stdout' | 'stderr', text: string): void => {
    this.report({ kind: 'stream', id: this.lastId, name, text });
  };

  /** Reads the prelude's types now, so that the first cell does not wait for it. */
  warmUp(): void {
    compileCell(this.converter, this.declarations, 'const ready = true;');
  }

  handle(task: Exclude<Task, { kind: 'shutdown' }>): void {
    switch (task.kind) {
      case 'execute':
        this.execute(task);
        return;
      case 'nothing':
        return;
      case 'interrupt':
        this.interrupt();
        return;
      default:
        this.report({ kind: 'reply', id: task.id, content: this.answer(task) });
    }
  }

  /** Adds the declarations of preloaded names that this code is the first to use, unless a cell gave the name away. */
  private declareFor(code: string): void {
    for (const [name, declaration] of this.onDemand) {
      const named = new RegExp(`(^|[^\\w$.])${name}([^\\w$]|$)`, 'm');
      if (!named.test(code)) continue;
      this.onDemand.delete(name);
      if (!new RegExp(`(declare|import)[^;\\n]*[^\\w$.]${name}[^\\w$]`).test(this.declarations))
        this.declarations = declaration + this.declarations;
    }
  }

  private answer(task: Extract<Task, { kind: 'complete' | 'inspect' | 'isComplete' }>): Record<string, unknown> {
    const { phase } = this.flags;
    this.flags.phase = Phase.Compiling;
    try {
      if (task.kind === 'isComplete') return isComplete(task.code);
      this.declareFor(task.code);
      if (task.kind === 'inspect') return inspectAt(this.converter, this.declarations, task.code, task.cursor);
      return complete(this.converter, this.declarations, task.code, task.cursor, [...this.onDemand.keys()]);
    } catch (error) {
      const { ename, evalue, traceback } = describeError(error);
      return { status: 'error', ename, evalue, traceback };
    } finally {
      this.flags.phase = phase;
    }
  }

  private execute(task: ExecuteTask): void {
    this.lastId = task.id;
    this.flags.cooperative = false;
    this.flags.phase = Phase.Compiling;
    this.declareFor(task.code);
    const running: Running = {
      task,
      interruption: new Interruption(this.flags),
      synchronous: false,
      declarations: this.declarations,
      atEnd: [],
    };
    this.running = running;
    try {
      this.run(running);
    } catch (error) {
      running.synchronous = false;
      this.end(running, describeError(error));
    }
  }

  private run(running: Running): void {
    const { task, interruption } = running;
    const label = `cell ${task.count}`;
    const compiled = compileCell(this.converter, this.declarations, task.code);
    if (Array.isArray(compiled)) {
      this.end(running, describeProblems(compiled, label, task.code));
      return;
    }
    if (this.flags.interrupted) {
      this.end(running, describeError(interruption.reason()));
      return;
    }

    const file = `exan-cell-${++this.cells}.js`;
    registerSource(file, label, task.code, compiled.trace);
    this.cellRequire.add(compiled.files);
    running.declarations = compiled.declarations;
    if (compiled.code.trim() === '') {
      this.end(running);
      return;
    }
    const context = {
      scope: this.scope,
      require: this.cellRequire.require,
      folder: this.folder,
      guard: interruption.guard,
    };
    const finish = () => this.finish(running, compiled.lastExpression);
    running.synchronous = true;
    this.flags.phase = Phase.Running;
    const result = runCell(compiled.code, compiled.isAsync, file, context);
    running.synchronous = false;
    if (compiled.isAsync) (result as Promise<unknown>).then(finish, (error) => this.end(running, describeError(error)));
    else finish();
  }

  /** Shows the value of the last expression. */
  private finish(running: Running, lastExpression: string | undefined): void {
    const { task } = running;
    const value = lastExpression === undefined ? undefined : this.scope[lastExpression];
    if (lastExpression !== undefined) delete this.scope[lastExpression];
    if (value === undefined || value === null || task.silent || this.running !== running) {
      this.end(running);
      return;
    }
    resultBundle(value).then(
      (data) => {
        if (this.running === running)
          this.publish('execute_result', { execution_count: task.count, data, metadata: {} });
        this.end(running);
      },
      (error) => this.end(running, describeError(error)),
    );
  }

  /** Answers the request; the first end of a cell counts, a late one of an interrupted cell does not. */
  private end(running: Running, error?: ErrorContent): void {
    if (this.running !== running) return;
    for (const callback of running.atEnd.splice(0))
      try {
        callback();
      } catch (problem) {
        this.write('stderr', `${describeError(problem).traceback.join('\n')}\n`); // the cell ends all the same
      }
    this.running = undefined;
    running.interruption.over = true;
    this.flags.phase = Phase.Idle;
    const { task } = running;
    if (error && running.declarations !== this.declarations)
      markUnset(this.scope, declaredNames(task.code, running.declarations), task.count);
    this.declarations = running.declarations;
    if (error) this.publish('error', error);
    const status = error ? { status: 'error', ...error } : { status: 'ok', payload: [], user_expressions: {} };
    this.report({ kind: 'reply', id: task.id, content: { execution_count: task.count, ...status } });
  }

  /** The event loop runs, so nothing blocks: the cell waits for something, or its code was cut off just now. */
  private interrupt(): void {
    this.flags.heard = true;
    const { running } = this;
    if (!running) return;
    const { interruption } = running;
    const stop = () => this.end(running, describeError(interruption.reason()));
    if (running.synchronous) {
      stop();
      return;
    }
    interruption.abort();
    stopTraining();
    setTimeout(
      () => {
        interruption.stopAwaits();
        setTimeout(stop, grace.plain);
      },
      this.flags.cooperative ? grace.cooperative : 0,
    );
  }
}

/** The names that the declarations give to variables, classes and functions of this cell. */
function declaredNames(code: string, declarations: string): string[] {
  const pattern = /^(?:export )?declare (?:const|let|var|class|abstract class|function|enum) ([\w$]+)/gm;
  const names = [...declarations.matchAll(pattern)].map((match) => match[1]!);
  return names.filter((name) => new RegExp(`(^|[^\\w$.])${name.replaceAll('$', '\\$')}([^\\w$]|$)`).test(code));
}

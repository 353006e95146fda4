/**
 * The part of `@huggingface/jinja` that is used here. Its own declarations import each other without file extensions, which
 * Node's module resolution doesn't follow, so that every base class in them comes out empty.
 */
declare module '@huggingface/jinja' {
  /** A node of the syntax tree. */
  export interface Node {
    readonly type: string
  }
  export interface Token {
    readonly value: string
    readonly type: string
  }
  /** A value inside of a template; `UndefinedValue` is the type of what isn't there. */
  export interface RuntimeValue {
    readonly type: string
    readonly value: unknown
  }
  export class Environment {
    set(name: string, value: unknown): RuntimeValue
  }
  export class Interpreter {
    constructor(environment?: Environment)
    run(program: Node): RuntimeValue
    evaluate(node: Node | undefined, environment: Environment): RuntimeValue
  }
  export function tokenize(source: string): Token[]
  export function parse(tokens: Token[]): Node
}

/** A piece of SQL whose values never enter its text. Made by the {@link sql} tag alone. */
export class Sql {
  readonly strings: readonly string[];
  readonly parts: readonly unknown[];
  /** What kind of statement it is, for those who watch; null where its text tells. */
  readonly kind: string | null;

  constructor(
    strings: readonly string[],
    parts: readonly unknown[],
    kind: string | null = null,
  ) {
    this.strings = strings;
    this.parts = parts;
    this.kind = kind;
  }

  /** The same as a statement of this kind: `events`, `count of events`. */
  called(kind: string): Sql {
    return new Sql(this.strings, this.parts, kind);
  }

  /** The statement as node-postgres takes it: `$1`, `$2`, … and their values. */
  compile(): { text: string; values: unknown[] } {
    const values: unknown[] = [];
    const write = (piece: Sql): string =>
      piece.strings.reduce((text, string, index) => {
        const part = piece.parts[index - 1];
        if (part instanceof Sql) return text + write(part) + string;
        return `${text}$${values.push(part)}${string}`;
      });
    return { text: write(this), values };
  }
}

/** Builds SQL: an interpolated {@link Sql} is put in, anything else becomes a parameter. */
export function sql(strings: TemplateStringsArray, ...parts: unknown[]): Sql {
  return new Sql([...strings], parts);
}

/** A name of ours, of a table or a column, put in as it is. */
export function named(name: string): Sql {
  if (!/^[a-z_0-9]+$/.test(name)) throw new Error(`${name} is no name of ours`);
  return new Sql([name], []);
}

/** Pieces in a row with a separator between them. */
export function join(pieces: readonly Sql[], separator: Sql): Sql {
  return pieces.reduce(
    (all, piece, index) =>
      index === 0 ? piece : sql`${all}${separator}${piece}`,
    sql``,
  );
}

/** Conditions that must all hold, each in brackets of its own; none at all is always true. */
export function every(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return sql`true`;
  return join(
    conditions.map((condition) => sql`(${condition})`),
    sql` and `,
  );
}

/** Conditions of which one must hold, each in brackets of its own. */
export function any(conditions: readonly Sql[]): Sql {
  return sql`(${join(
    conditions.map((condition) => sql`(${condition})`),
    sql` or `,
  )})`;
}

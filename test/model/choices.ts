/** Where the randomness comes from: fast-check's generator, or any other. */
export interface RandomIntegers {
  /** An integer from `least` to `most`, both included. */
  nextInt(least: number, most: number): number;
}

/** Draws from a seeded source of randomness; the same seed gives the same draws. */
export class Choices {
  constructor(private readonly random: RandomIntegers) {}

  /** An integer from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return this.random.nextInt(least, most);
  }

  /** True with the given probability, in percent. */
  chance(percent: number): boolean {
    return this.integer(1, 100) <= percent;
  }

  pick<Value>(values: readonly Value[]): Value {
    const value = values[this.integer(0, values.length - 1)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }

  /** One of the values, each as often as its weight says. */
  pickWeighted<Value>(weights: readonly (readonly [number, Value])[]): Value {
    let place = this.integer(
      1,
      weights.reduce((sum, [weight]) => sum + weight, 0),
    );
    for (const [weight, value] of weights) {
      place -= weight;
      if (place <= 0) return value;
    }
    throw new Error('nothing to pick from');
  }

  /** Some of the values, at least one, each at most once. */
  some<Value>(values: readonly Value[], most = 3): readonly Value[] {
    const count = this.integer(1, most);
    return [...new Set(this.times(count, () => this.pick(values)))];
  }

  times<Value>(count: number, make: () => Value): readonly Value[] {
    return Array.from({ length: count }, make);
  }

  /** A value alone or a list with it: both are right in most places of a policy. */
  loneOrListed<Value>(values: readonly Value[]): Value | readonly Value[] {
    const [first] = values;
    return values.length === 1 && first !== undefined && this.chance(50) ? first : values;
  }

  /** The text with the case of some letters turned over. */
  recase(text: string): string {
    return Array.from(text, (letter) => {
      if (!this.chance(40)) return letter;
      return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
    }).join('');
  }
}

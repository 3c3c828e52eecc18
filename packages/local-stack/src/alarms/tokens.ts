/** A piece of a metric math expression or an alarm rule. */
export interface Token {
  kind: 'number' | 'text' | 'word' | 'sign' | 'end';
  text: string;
}

export interface TokenReader {
  peek(): Token;
  next(): Token;
  /** Takes the next token when its text is one of these signs or words. */
  take(...texts: string[]): Token | undefined;
  /** @throws Error when the next token is another */
  expect(text: string): void;
}

const pattern =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?:"(?<text>(?:[^"\\]|\\.)*)"|'(?<text2>(?:[^'\\]|\\.)*)')|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<sign>&&|\|\||<=|>=|==|!=|[-+*/^<>()[\],]))/y;

/**
 * Reads a text piece by piece.
 * @throws Error naming the place of what is no token
 */
export function readTokens(source: string): TokenReader {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (source.slice(pattern.lastIndex).trim() !== '') {
    const at = pattern.lastIndex;
    const groups = pattern.exec(source)?.groups;
    if (groups === undefined) throw new Error(`unexpected "${source.slice(at).trim().slice(0, 10)}"`);
    const { number, text = groups.text2, word, sign } = groups;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (text !== undefined) tokens.push({ kind: 'text', text: text.replaceAll(/\\(.)/g, '$1') });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  let position = 0;
  const peek = (): Token => tokens[position] ?? { kind: 'end', text: 'the end' };
  const next = (): Token => {
    const token = peek();
    position += 1;
    return token;
  };
  const take = (...texts: string[]) =>
    peek().kind !== 'text' && texts.includes(peek().text) ? next() : undefined;
  return {
    peek,
    next,
    take,
    expect: (text) => {
      if (take(text) === undefined) throw new Error(`expected "${text}" and found "${peek().text}"`);
    },
  };
}

import { LinkifyIt } from 'linkify-it';
import type { ModerationRules } from './rules.ts';

/** A host as the URL standard writes it, without a closing dot. */
const hostOf = (link: string): string | undefined => {
  const url = /^[a-z]+:\/\//i.test(link) ? link : `https://${link.replace(/^\/+/, '')}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/\.+$/, '') : undefined;
};

/** A text whose links are written as browsers read them. */
const withPlainLinks = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/%[2-7][\da-f]/gi, decodeURIComponent)
    // "example[.]com", "example (dot) com".
    .replace(/\s*[[({<](?:\.|dot)[\])}>]\s*/gi, '.')
    // Any scheme, backslashes, and the name and password before a host.
    .replace(/(?:[a-z][a-z\d+.-]*:[\\/]+|https?:)[\\/]*(?:[^\s\\/?#]*@)?/gi, ' https://')
    .replace(/:\d{1,5}(?!\d)/g, '');

// What a reader takes for the end of a link, although a host may contain some of it.
const AROUND_LINKS = /[^\p{sc=Latin}\d.:/?#@%&_-]+|_+(?![\p{L}\d])|(?<![\p{L}\d])_+/gu;

/** Labels a text's links: `blocked-link`, also without a scheme; `too-many-links`, of those with one. */
export const linkLabelsOf = ({ maxPerPost, blockedHosts }: ModerationRules['links']) => {
  const blocked = blockedHosts.flatMap((host) => hostOf(host) ?? []);
  const links = new LinkifyIt({
    fuzzyLink: true,
    fuzzyEmail: false,
    tlds: blockedHosts.map((host) => host.slice(host.lastIndexOf('.') + 1)),
  });
  const isBlocked = (host: string) => blocked.some((other) => host === other || host.endsWith(`.${other}`));

  return (text: string): string[] => {
    const plain = withPlainLinks(text);
    const readings = [plain, plain.replaceAll('。', '.')].flatMap((reading) => [
      reading,
      reading.replace(AROUND_LINKS, ' '),
    ]);
    const found = readings.map((reading) => links.match(reading) ?? []);
    const hosts = found.flat().flatMap(({ url }) => hostOf(url) ?? []);
    const count = Math.max(...found.map((each) => each.filter(({ schema }) => schema === 'https:').length));
    return [
      ...(hosts.some(isBlocked) ? ['blocked-link'] : []),
      ...(count > maxPerPost ? ['too-many-links'] : []),
    ];
  };
};

import type { ModerationRules } from './rules.ts';

const LINK = /\bhttps?:\/\/[^\s<>"']+/giu;

const hostOf = (link: string): string | undefined =>
  URL.canParse(link) ? new URL(link).hostname.toLowerCase() : undefined;

const isBlocked =
  (blockedHosts: readonly string[]) =>
  (host: string): boolean =>
    blockedHosts.some((blocked) => host === blocked || host.endsWith(`.${blocked}`));

/** What is wrong with a text's links: `blocked-link`, `too-many-links`, or nothing. */
export const linkLabels = (
  { mostPerPost, blockedHosts }: ModerationRules['links'],
  text: string,
): string[] => {
  const links = text.match(LINK) ?? [];
  const hosts = links.map(hostOf).filter((host) => host !== undefined);
  return [
    ...(hosts.some(isBlocked(blockedHosts)) ? ['blocked-link'] : []),
    ...(links.length > mostPerPost ? ['too-many-links'] : []),
  ];
};

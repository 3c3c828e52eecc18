/** What a request tells about itself: the condition context keys, whose names have no case. */
export interface Context {
  /** Undefined when the request does not have the key. */
  valuesOf(key: string): readonly string[] | undefined;
}

export type ContextValues = Readonly<Record<string, string | readonly string[] | undefined>>;

export const contextOf = (given: ContextValues): Context => {
  const values = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(given)) {
    if (value !== undefined) values.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
  }
  return { valuesOf: (key) => values.get(key.toLowerCase()) };
};

/** The values of one call over those that all calls of a session share. */
export const within = (shared: Context, given: (() => ContextValues) | undefined, now: number): Context => {
  let own: Context | undefined;
  return {
    valuesOf: (key) => {
      own ??= contextOf({
        ...given?.(),
        'aws:CurrentTime': new Date(now).toISOString(),
        'aws:EpochTime': String(Math.floor(now / 1_000)),
      });
      return own.valuesOf(key) ?? shared.valuesOf(key);
    },
  };
};

/**
 * Keys that requests have here, or rightly lack: a condition on any other key cannot be judged.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const KNOWN: readonly RegExp[] = [
  /^aws:(currenttime|epochtime|securetransport|requestedregion|resourceaccount|userid|useragent)$/,
  /^aws:principal(arn|account|type|isawsservice|servicename|servicenameslist|orgid|orgpaths|tag\/.+)$/,
  /^aws:source(arn|account|orgid|orgpaths|vpc|vpce)$/,
  /^aws:(vpcsourceip|viaawsservice|calledvia|calledviafirst|calledvialast|username|referer|tagkeys|requesttag\/.+)$/,
  /^aws:(multifactorauthpresent|multifactorauthage|federatedprovider|resourceorgid|resourceorgpaths|sourceidentity)$/,
  /^dynamodb:(leadingkeys|attributes|select|returnvalues|returnconsumedcapacity|fulltablescan|enclosingoperation)$/,
  /^events:(source|detail-type)$/,
  /^kms:(viaservice|calleraccount|grantisforawsresource)$/,
  /^lambda:(sourcefunctionarn|functionarn)$/,
  /^s3:(prefix|delimiter|max-keys|versionid|authtype|signatureversion|resourceaccount|x-amz-.+)$/,
  /^secretsmanager:(secretid|versionid|versionstage)$/,
  /^sns:(protocol|endpoint)$/,
];

const known = new Map<string, boolean>();

/** Whether a condition on this key can be judged on this machine. */
export const isKnownKey = (key: string): boolean => {
  const name = key.toLowerCase();
  const answer = known.get(name) ?? KNOWN.some((pattern) => pattern.test(name));
  known.set(name, answer);
  return answer;
};

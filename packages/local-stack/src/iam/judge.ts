import { z } from 'zod';
import { type Context, type ContextValues, contextOf, within } from './context.ts';
import { type Decision, decide, type Grant, type Principal } from './evaluate.ts';
import {
  type Account,
  type Need,
  operationOf,
  type ServiceCall,
  type ServiceName,
  signatureOf,
} from './operations/index.ts';
import type { Policy } from './policy.ts';
import type { Refusal } from './refusal.ts';
import type { Rights, Session } from './rights.ts';

/** Receives decisions. A grant that does not depend on the call's context is reported once. */
export interface RightsListener {
  granted(session: Session, grant: Grant): void;
  refused(session: Session, refusal: Refusal): void;
}

/** A function's call, and what allows it as far as anything does. */
export interface JudgedCall {
  readonly functionName: string;
  readonly service: ServiceName;
  readonly operation: string;
  readonly needs: readonly Pick<Need, 'action' | 'resource'>[];
  readonly grants: readonly Grant[];
}

/** Decides what may be done under the rights of a stack. */
export interface Judge {
  /**
   * No refusals: the call may go on, or is not a function's, and the account may do everything. `ifMissing` gives the
   * refusal to answer with when the object is not there: whoever may not list a bucket is not told. `judged` is absent
   * when the call is not a function's.
   */
  judge(call: ServiceCall): { refusals: Refusal[]; ifMissing?: () => Refusal; judged?: JudgedCall };
  /** Whether judging a call takes its body. */
  needsBody(head: Omit<ServiceCall, 'requestBody'>): boolean;
  /** Whether a session has what a part of an operation needs; tells the listener. */
  require(session: Session, service: Refusal['service'], operation: string, need: Need): Refusal | undefined;
  /** Whether a service of AWS has what it needs in the account's name; `context` says for which resource it acts. */
  decideForService(name: string, context: ContextValues, need: Need): { need: Need; decision: Decision };
  /**
   * Whether a role has what a service that assumed it needs; `undefined` when the template does not declare the role,
   * which may do everything here.
   */
  decideForRole(
    roleArn: string,
    context: ContextValues,
    need: Need,
  ): { need: Need; decision: Decision } | undefined;
}

/** What using a resource under a customer key needs of the key besides. */
const KEY_ACTIONS: readonly (readonly [action: RegExp, keyActions: readonly string[]])[] = [
  [/^dynamodb:(?!List|Describe)/, ['Decrypt']],
  [/^sqs:SendMessage$/, ['GenerateDataKey', 'Decrypt']],
  [/^sqs:ReceiveMessage$/, ['Decrypt']],
  [/^sns:Publish$/, ['GenerateDataKey', 'Decrypt']],
  [/^s3:PutObject$/, ['GenerateDataKey']],
  [/^s3:GetObject/, ['Decrypt']],
  [/^secretsmanager:GetSecretValue$/, ['Decrypt']],
];

/** Keys of AWS's own let every principal of the account use them through their service. */
export const isKeyOfAws = (key: string): boolean => /(^|:)alias\/aws\//.test(key);

/** The resource whose policy counts: a table for its indexes, a bucket for its objects, a function for its versions. */
const ownerOf = (resource: string): string => {
  if (resource.startsWith('arn:aws:s3:::')) return resource.split('/')[0] ?? resource;
  return resource.replace(/(:table\/[^/]+)\/.*$/, '$1').replace(/(:function:[^:]+):.*$/, '$1');
};

interface Caller {
  session: Session;
  service: Refusal['service'];
}

const NO_BODY = Buffer.alloc(0);

export const createJudge = (rights: Rights, clock: { now(): number }, listener: RightsListener): Judge => {
  const { region, accountId, ofResources, encryption } = rights;
  const account: Account = {
    region,
    accountId,
    partitionKeyOf: (table, index) =>
      rights.partitionKeys.get(index === undefined ? table : `${table}/${index}`),
    secretArnOf: (id) =>
      rights.secretArns.get(id) ?? `arn:aws:secretsmanager:${region}:${accountId}:secret:${id}`,
  };
  const sessions = new Map(rights.sessions.map((session) => [session.accessKeyId, session]));
  const contexts = new Map(rights.sessions.map((session) => [session, contextOf(session.context)]));

  const keyNeeds = ({ action, resource }: Need): Need[] => {
    const key = encryption.get(ownerOf(resource));
    if (key === undefined || isKeyOfAws(key)) return [];
    const actions = KEY_ACTIONS.find(([pattern]) => pattern.test(action))?.[1] ?? [];
    const service = action.split(':')[0];
    return actions.map((name) => ({
      action: `kms:${name}`,
      resource: key,
      context: () => ({
        'kms:ViaService': `${service}.${region}.amazonaws.com`,
        'kms:CallerAccount': accountId,
      }),
    }));
  };

  /** `ofContext` says whether the decision hangs on more than who asks for what. */
  const decideFor = (
    principal: Principal,
    shared: Context,
    { action, resource, context }: Need,
    role?: Session['role'],
  ): { decision: Decision; ofContext: boolean } => {
    const ofResource: readonly Policy[] = ofResources.get(ownerOf(resource)) ?? [];
    const known = within(shared, context, clock.now());
    let ofContext = false;
    const asked: Context = {
      valuesOf: (key) => {
        ofContext = true;
        return known.valuesOf(key);
      },
    };
    const decision = decide(
      { principal, action, resource, context: asked },
      {
        identity: role?.policies ?? [],
        boundary: role?.boundary,
        resource: ofResource,
        resourceDecides: action.startsWith('kms:') && ofResource.length > 0,
      },
    );
    return { decision, ofContext };
  };

  const contextOfSession = (session: Session): Context => contexts.get(session) ?? contextOf(session.context);

  const refuse = (
    session: Session,
    service: Refusal['service'],
    operation: string,
    need: Need,
    decision: Refusal['decision'],
  ): Refusal => {
    const refusal = { service, operation, need, decision, sessionArn: session.arn };
    listener.refused(session, refusal);
    return refusal;
  };

  /** Needs that are granted whatever the call's context, and by what. */
  const granted = new Map<string, readonly Grant[]>();

  const require: Judge['require'] = (session, service, operation, need) => {
    const outcome = requirement(session, service, operation, need);
    return 'need' in outcome ? outcome : undefined;
  };

  const requirement = (
    session: Session,
    service: Refusal['service'],
    operation: string,
    need: Need,
  ): Refusal | readonly Grant[] => {
    const name = `${session.accessKeyId} ${need.action} ${need.resource}`;
    const known = granted.get(name);
    if (known) return known;
    const grants: Grant[] = [];
    let isForGood = service !== 's3';
    for (const one of [need, ...keyNeeds(need)]) {
      const { decision, ofContext } = decideFor(
        session.principal,
        contextOfSession(session),
        one,
        session.role,
      );
      if (!decision.allowed)
        return refuse(
          session,
          service,
          operation,
          need.part === undefined ? one : { ...one, part: need.part },
          decision,
        );
      listener.granted(session, decision.grant);
      grants.push(decision.grant);
      isForGood &&= !ofContext;
    }
    if (isForGood) granted.set(name, grants);
    return grants;
  };

  const callerOf = (call: ServiceCall): Caller | undefined => {
    const signature = signatureOf(call);
    const session = signature && sessions.get(signature.accessKeyId);
    return session ? { session, service: signature.service } : undefined;
  };

  const judge: Judge['judge'] = (call) => {
    const caller = callerOf(call);
    if (!caller) return { refusals: [] };
    const { refusals, judged } = partsOf(caller, call);
    return refusals.length > 0 || caller.service !== 's3'
      ? { refusals, judged }
      : { refusals, judged, ...missing(caller, call) };
  };

  const missing = ({ session }: Caller, { method, path }: ServiceCall): { ifMissing?: () => Refusal } => {
    const [, bucket] = /^\/([^/?]+)\/[^?]/.exec(path) ?? [];
    if (bucket === undefined || (method !== 'GET' && method !== 'HEAD')) return {};
    const need = { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` };
    const { decision } = decideFor(session.principal, contextOfSession(session), need, session.role);
    return decision.allowed ? {} : { ifMissing: () => refuse(session, 's3', 'GetObject', need, decision) };
  };

  const partsOf = (
    { session, service }: Caller,
    call: ServiceCall,
  ): { refusals: Refusal[]; judged: JudgedCall } => {
    const { functionName } = session;
    try {
      const { name: operation, needs } = operationOf(service, call, account);
      const grants: Grant[] = [];
      const refusals: Refusal[] = [];
      for (const need of needs) {
        const outcome = requirement(session, service, operation, need);
        if ('need' in outcome) refusals.push(outcome);
        else grants.push(...outcome);
      }
      // A call is refused for what it lacks first; only the statements of a batch are refused one by one.
      const isInParts = refusals.every(({ need }) => need.part !== undefined);
      return {
        refusals: isInParts ? refusals : refusals.slice(0, 1),
        judged: { functionName, service, operation, needs, grants },
      };
    } catch (error) {
      // The service itself says what is wrong with the call.
      if (error instanceof z.ZodError || error instanceof SyntaxError)
        return { refusals: [], judged: { functionName, service, operation: '', needs: [], grants: [] } };
      throw error;
    }
  };

  return {
    judge,
    require,
    needsBody: (head) => {
      const caller = callerOf({ ...head, requestBody: NO_BODY });
      return caller !== undefined && (caller.service !== 's3' || head.method === 'POST');
    },
    decideForRole: (roleArn, context, need) => {
      const role = rights.roles.find(({ arn }) => arn === roleArn);
      if (!role) return undefined;
      const sessionArn = `arn:aws:sts::${accountId}:assumed-role/${role.name}/service`;
      const principal: Principal = { kind: 'role', accountId, roleArn, sessionArn };
      const shared = contextOf(context);
      for (const one of keyNeeds(need)) {
        const { decision } = decideFor(principal, shared, one, role);
        if (!decision.allowed) return { need: one, decision };
      }
      return { need, decision: decideFor(principal, shared, need, role).decision };
    },
    decideForService: (name, context, need) => {
      const principal: Principal = { kind: 'service', name };
      const shared = contextOf({
        'aws:PrincipalIsAWSService': 'true',
        'aws:PrincipalServiceName': name,
        'aws:SecureTransport': 'true',
        ...context,
      });
      for (const one of keyNeeds(need)) {
        const { decision } = decideFor(principal, shared, one);
        if (!decision.allowed) return { need: one, decision };
      }
      return { need, decision: decideFor(principal, shared, need).decision };
    },
  };
};

import type { EventSourceMappings } from '../event-source-mappings/index.ts';
import type { RightsInForce } from '../iam/in-force.ts';
import type { FunctionDefinition, LambdaRuntime } from '../lambda-runtime/index.ts';
import type { InvocationFault } from '../lambda-runtime/worker-protocol.ts';
import type { ProvisionedTemplate } from '../provisioning/index.ts';
import { describeFault, type Fault, faultId } from './fault.ts';

/** A fault that is on. */
export interface FaultOn {
  id: string;
  fault: Fault;
  description: string;
  /** Unix milliseconds. */
  since: number;
}

/** Breaks parts of a running stack and takes that back. Nothing of it outlives the stack. */
export interface Switches {
  on(): readonly FaultOn[];
  /** Replaces the fault of the same kind on the same part. @throws with what is wrong with it, in one line */
  set(fault: Fault): Promise<FaultOn>;
  /** @throws when it is not on */
  takeBack(id: string): Promise<void>;
  takeAllBack(): Promise<void>;
  /** Why messages cannot be received from this queue, if they cannot. */
  faultOfPoll(queueArn: string): string | undefined;
  /** What an invocation of this function is to suffer. */
  faultOf(functionName: string): InvocationFault | undefined;
}

const RESOURCE_TYPES: Readonly<Record<string, 'Arn' | 'TopicArn'>> = {
  'AWS::DynamoDB::Table': 'Arn',
  'AWS::SNS::Topic': 'TopicArn',
  'AWS::SQS::Queue': 'Arn',
  'AWS::S3::Bucket': 'Arn',
};
export const isBreakable = (type: string): boolean => type in RESOURCE_TYPES;

type Of<Kind extends Fault['kind']> = Extract<Fault, { kind: Kind }>;

const INVOCATION_FAULTS: readonly string[] = ['throws', 'hangs', 'dies', 'slow'];
const isOfInvocation = (fault: Fault): fault is Of<'throws' | 'hangs' | 'dies' | 'slow'> =>
  INVOCATION_FAULTS.includes(fault.kind);

/**
 * @param options.runtime and `mappings` asked at each use: they are made after this
 * @param options.tell lines for people
 */
export const createSwitches = (options: {
  provisioned: ProvisionedTemplate;
  rights: RightsInForce;
  runtime: () => LambdaRuntime;
  mappings: () => EventSourceMappings;
  tell: (line: string) => void;
}): Switches => {
  const { provisioned, rights, runtime, mappings, tell } = options;
  const faults = new Map<string, FaultOn>();
  /** What an invocation suffers, by the function's name. */
  const ofInvocations = new Map<string, InvocationFault>();
  const asDeployed = new Map<string, FunctionDefinition>();

  const all = (): Fault[] => [...faults.values()].map(({ fault }) => fault);

  const refOf = (logicalId: string, isType: (type: string) => boolean, what: string) => {
    const resource = provisioned.resources.get(logicalId);
    if (resource && isType(resource.type)) return resource;
    throw new Error(`the template has no ${what} ${logicalId}`);
  };
  const functionName = (logicalId: string): string =>
    refOf(logicalId, (type) => type === 'AWS::Lambda::Function', 'function').ref;

  const arnOf = (logicalId: string): string => {
    const { type, ref, attributes } = refOf(logicalId, isBreakable, 'table, topic, queue or bucket');
    return attributes[RESOURCE_TYPES[type] ?? 'Arn'] ?? ref;
  };

  const check = (fault: Fault) => {
    if ('function' in fault) functionName(fault.function);
    if (fault.kind === 'environment') {
      const name = functionName(fault.function);
      const definition = asDeployed.get(name) ?? runtime().find(name);
      if (!definition || !(fault.name in definition.environment))
        throw new Error(`${fault.function} has no variable ${fault.name}`);
    }
    if ('resource' in fault) arnOf(fault.resource);
    if (
      'mapping' in fault &&
      !mappings()
        .status()
        .some(({ logicalId }) => logicalId === fault.mapping)
    )
      throw new Error(`there is no event source mapping ${fault.mapping}`);
    if (fault.kind === 'right') {
      const session = rights.sessions().find(({ functionId }) => functionId === fault.function);
      const paths = session?.role.policies.flatMap(({ statements }) => statements.map(({ path }) => path));
      if (!paths?.includes(fault.statement))
        throw new Error(`the role of ${fault.function} has no statement ${fault.statement}`);
    }
  };

  const applyInvocations = () => {
    ofInvocations.clear();
    for (const fault of all()) {
      if (!isOfInvocation(fault)) continue;
      const { kind } = fault;
      const suffered = kind === 'slow' ? { kind, milliseconds: fault.milliseconds } : { kind };
      ofInvocations.set(functionName(fault.function), suffered);
    }
  };

  const applyEnvironment = (logicalId: string) => {
    const name = functionName(logicalId);
    const deployed = asDeployed.get(name) ?? runtime().find(name);
    if (!deployed) return;
    const changed = all().flatMap((fault) =>
      fault.kind === 'environment' && fault.function === logicalId ? [fault] : [],
    );
    if (changed.length === 0) asDeployed.delete(name);
    else asDeployed.set(name, deployed);
    const changes = Object.fromEntries(changed.map((fault) => [fault.name, fault.value]));
    runtime().replace({ ...deployed, environment: { ...deployed.environment, ...changes } });
  };

  const applyResources = () =>
    rights.break(
      all().flatMap((fault) =>
        'resource' in fault
          ? [{ name: describeFault(fault), arn: arnOf(fault.resource), kind: fault.kind }]
          : [],
      ),
    );

  const applyRights = () =>
    rights.withhold(
      all().flatMap((fault) =>
        fault.kind === 'right' ? [{ functionName: functionName(fault.function), path: fault.statement }] : [],
      ),
    );

  /** Makes what is on be so, for all faults of the kind of this one. */
  const apply = async (fault: Fault): Promise<void> => {
    if (isOfInvocation(fault)) return applyInvocations();
    switch (fault.kind) {
      case 'environment':
        return applyEnvironment(fault.function);
      case 'right':
        return applyRights();
      case 'held':
        return mappings().setEnabled(fault.mapping, !faults.has(faultId(fault)));
      default:
        return applyResources();
    }
  };

  const switches: Switches = {
    on: () => [...faults.values()],
    set: async (fault) => {
      check(fault);
      const id = faultId(fault);
      const description = describeFault(fault);
      const before = faults.get(id);
      const on = { id, fault, description, since: Date.now() };
      faults.set(id, on);
      try {
        await apply(fault);
      } catch (error) {
        if (before) faults.set(id, before);
        else faults.delete(id);
        throw error;
      }
      tell(`BROKEN  ${description}`);
      return on;
    },
    takeBack: async (id) => {
      const on = faults.get(id);
      if (!on) throw new Error(`the fault ${id} is not active`);
      faults.delete(id);
      await apply(on.fault);
      tell(`REPAIRED  ${on.description}`);
    },
    takeAllBack: async () => {
      for (const { id } of [...faults.values()]) await switches.takeBack(id);
    },
    faultOfPoll: (queueArn) =>
      all()
        .filter((fault) => 'resource' in fault && fault.kind !== 'half' && arnOf(fault.resource) === queueArn)
        .map(describeFault)[0],
    faultOf: (name) => ofInvocations.get(name),
  };
  return switches;
};

import { z } from 'zod';

const FunctionId = z.string().describe('The logical id of a function.');

/** A fault that can be activated and ended. Resources are named by their logical ids. */
export const Fault = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['throws', 'hangs', 'dies']), function: FunctionId }),
  z.object({
    kind: z.literal('slow'),
    function: FunctionId,
    milliseconds: z.int().min(1).max(900_000).default(5_000),
  }),
  z.object({
    kind: z.literal('environment'),
    function: FunctionId,
    name: z.string().min(1),
    value: z.string().max(4_096),
  }),
  z.object({ kind: z.literal('right'), function: FunctionId, statement: z.string().min(1) }),
  z.object({ kind: z.enum(['throttles', 'half', 'away']), resource: z.string().min(1) }),
  z.object({ kind: z.literal('held'), mapping: z.string().min(1) }),
]);
export type Fault = z.infer<typeof Fault>;

const targetOf = (fault: Fault): string => {
  if ('function' in fault) return fault.function;
  return 'resource' in fault ? fault.resource : fault.mapping;
};

/** The same for two faults that cannot be on at a time. */
export const faultId = (fault: Fault): string => {
  const detail = fault.kind === 'environment' ? fault.name : fault.kind === 'right' ? fault.statement : '';
  return [fault.kind, targetOf(fault), detail].filter((part) => part !== '').join(' ');
};

/** What is broken, in one line for people. */
export const describeFault = (fault: Fault): string => {
  const target = targetOf(fault);
  switch (fault.kind) {
    case 'throws':
      return `${target} throws on every invocation`;
    case 'hangs':
      return `${target} never answers and times out`;
    case 'dies':
      return `${target} crashes after half of its batch`;
    case 'slow':
      return `${target} begins ${fault.milliseconds} ms late`;
    case 'environment':
      return `${target} runs with ${fault.name}=${fault.value}`;
    case 'right':
      return `${target} lost the permissions of ${fault.statement}`;
    case 'throttles':
      return `${target} throttles every call from functions`;
    case 'half':
      return `${target} fails every second entry of batch calls`;
    case 'away':
      return `${target} is unreachable: connections to it break`;
    case 'held':
      return `${target} is paused: it does not poll its source`;
  }
};

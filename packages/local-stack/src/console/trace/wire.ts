export type { Trace, TraceStep, TraceSummary } from '../../trace/trace-step.ts';

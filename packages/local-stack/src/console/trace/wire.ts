export type { Road, RoadStep, RoadSummary } from '../../trace/road-step.ts';

import * as z from 'zod';
import type { Route } from '#lib/http/route.ts';
import { UserId } from '#lib/posts/post.ts';
import { DeviceParams } from '../put-device/route.ts';

export const route = {
  tag: 'Push',
  summary: 'Remove a device',
  description: 'Removing it again answers 404: there is nothing left to remove.',
  request: z.object({ userId: UserId, params: DeviceParams }),
  answers: { 204: { description: 'The device gets nothing any more.' } },
  problems: ['not-found'],
} as const satisfies Route;

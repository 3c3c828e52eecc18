import { z } from 'zod';
import type { ConsoleParts } from '../parts.ts';
import type { ConsoleRoute } from '../route.ts';
import { apiDocument } from './document.ts';
import type { IssuedToken } from './wire.ts';

const Wanted = z.object({ user: z.string().trim().min(1).max(128) });

/**
 * - `GET /api/document`: an `ApiDocument`
 * - `POST /api/tokens`: an `IssuedToken` for a user of any name
 */
export const apiRoutes = (parts: ConsoleParts): ConsoleRoute[] => [
  { method: 'GET', path: '/api/document', answer: () => apiDocument(parts) },
  {
    method: 'POST',
    path: '/api/tokens',
    answer: async ({ body }): Promise<IssuedToken> => ({
      token: await parts.identity.issueToken(Wanted.parse(body).user),
    }),
  },
];

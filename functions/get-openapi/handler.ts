import { api } from '#lib/http/api.ts';
import { json } from '#lib/http/response.ts';
import openApi from '../../docs/openapi.json' with { type: 'json' };
import { route } from './route.ts';

/** GET /openapi.json */
export const handler = api(route, async () => json(200, openApi, { 'cache-control': 'public, max-age=300' }));

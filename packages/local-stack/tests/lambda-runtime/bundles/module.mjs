export const handler = async () => import.meta.url.endsWith('module.mjs');

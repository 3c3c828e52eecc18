import { word } from './words.ts';

export const handler = async () => ({ statusCode: 200, body: `${process.env.GREETING} ${word()}` });

import { word } from './words.ts';

export const handler = async () => {
  const greeting = process.env.GREETING;
  return { statusCode: 200, body: `${greeting} ${word()}` };
};

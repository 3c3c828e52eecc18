import * as z from 'zod';
import { PostEvent } from './post-event.ts';

/** The JSON Schema (2020-12) of a message body on the PostEvents topic. */
export const postEventJsonSchema = () => z.toJSONSchema(PostEvent);

/** The JSON of one server-sent event. */
export interface ChannelData<Message> {
  messages: Message[];
  /** How many came in the same time and were left out. */
  skipped: number;
}

/** The tour as the page shows it. */
export interface TourView {
  title: string;
  about: string;
  steps: {
    title: string;
    text: string[];
    action?: { label: string };
    look?: { label: string; page: string; path: string[] };
    /** Addresses of pages that the person has to open, `#/queues/Orders`. */
    toOpen: string[];
  }[];
}

export interface StepCheck {
  isDone: boolean;
  /** What is not so yet. */
  missing: string[];
}

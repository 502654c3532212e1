// What pages and components say.
export const views = {
  loading: 'Loading',
};

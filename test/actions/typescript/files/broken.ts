export const action = { title: 'not made by defineAction' };

/** The pages behind the sign-in, as one file that is fetched while the form is being filled in. */
export { default as FirstRun } from './FirstRun.svelte';
export { default as Main } from './Main.svelte';

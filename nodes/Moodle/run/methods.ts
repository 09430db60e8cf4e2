import type { ILoadOptionsFunctions } from 'n8n-workflow';
import type * as pickers from './pickers';

type Searches = typeof pickers.listSearch;

/** A search that is loaded when somebody opens the list. */
const search = (name: keyof Searches) =>
	async function (this: ILoadOptionsFunctions, ...given: Parameters<Searches[typeof name]>) {
		const { listSearch } = await import('./pickers');
		return await listSearch[name].apply(this, given);
	};

/** The searches for the lists of the locators, by the name that the locators give. */
export const listSearch: Searches = {
	searchUsers: search('searchUsers'),
	searchCourses: search('searchCourses'),
	searchCategories: search('searchCategories'),
	searchCohorts: search('searchCohorts'),
	searchGroups: search('searchGroups'),
	searchGroupings: search('searchGroupings'),
	searchReports: search('searchReports'),
	searchRoles: search('searchRoles'),
	searchFunctions: search('searchFunctions'),
};

/** The forms that follow from what is chosen, loaded in the same way. */
export const resourceMapping: typeof pickers.resourceMapping = {
	async functionParameters(this: ILoadOptionsFunctions) {
		const forms = (await import('./pickers')).resourceMapping;
		return await forms.functionParameters.call(this);
	},
};

import { walkScenarios } from './walks.ts';

walkScenarios(2, 4);

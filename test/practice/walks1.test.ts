import { walkScenarios } from './walks.ts';

walkScenarios(1, 4);

/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

/* BibTeX entries of papers that several estimators come from. */

#define IP_CITATION_CHELOMBIEV \
  "@inproceedings{chelombiev2019adaptive,\n" \
  "  title = {Adaptive Estimators Show Information Compression in Deep Neural Networks},\n" \
  "  author = {Chelombiev, Ivan and Houghton, Conor and O'Donnell, Cian},\n" \
  "  booktitle = {International Conference on Learning Representations},\n" \
  "  year = {2019},\n" \
  "  eprint = {1902.09037},\n" \
  "  archivePrefix = {arXiv}\n" \
  "}\n"

#define IP_CITATION_KAWAGUCHI \
  "@inproceedings{kawaguchi2023does,\n" \
  "  title = {How Does Information Bottleneck Help Deep Learning?},\n" \
  "  author = {Kawaguchi, Kenji and Deng, Zhun and Ji, Xu and Huang, Jiaoyang},\n" \
  "  booktitle = {International Conference on Machine Learning},\n" \
  "  year = {2023},\n" \
  "  eprint = {2305.18887},\n" \
  "  archivePrefix = {arXiv}\n" \
  "}\n"

#define IP_CITATION_LIAO \
  "@inproceedings{liao2024assessing,\n" \
  "  title = {Assessing Neural Network Representations During Training Using\n" \
  "           Noise-Resilient Diffusion Spectral Entropy},\n" \
  "  author = {Liao, Danqi and Liu, Chen and Christensen, Benjamin W. and Tong, Alexander\n" \
  "            and Huguet, Guillaume and Wolf, Guy and Nickel, Maximilian and Adelstein, Ian\n" \
  "            and Krishnaswamy, Smita},\n" \
  "  booktitle = {58th Annual Conference on Information Sciences and Systems (CISS)},\n" \
  "  year = {2024},\n" \
  "  eprint = {2312.04823},\n" \
  "  archivePrefix = {arXiv}\n" \
  "}\n"

#define IP_CITATION_SAXE \
  "@article{saxe2019information,\n" \
  "  title = {On the information bottleneck theory of deep learning},\n" \
  "  author = {Saxe, Andrew M. and Bansal, Yamini and Dapello, Joel and Advani, Madhu and\n" \
  "            Kolchinsky, Artemy and Tracey, Brendan D. and Cox, David D.},\n" \
  "  journal = {Journal of Statistical Mechanics: Theory and Experiment},\n" \
  "  volume = {2019},\n" \
  "  number = {12},\n" \
  "  pages = {124020},\n" \
  "  year = {2019},\n" \
  "  doi = {10.1088/1742-5468/ab3985}\n" \
  "}\n"

#define IP_CITATION_SHWARTZ_ZIV \
  "@misc{shwartzziv2017opening,\n" \
  "  title = {Opening the Black Box of Deep Neural Networks via Information},\n" \
  "  author = {Shwartz-Ziv, Ravid and Tishby, Naftali},\n" \
  "  year = {2017},\n" \
  "  eprint = {1703.00810},\n" \
  "  archivePrefix = {arXiv},\n" \
  "  primaryClass = {cs.LG}\n" \
  "}\n"

#define IP_CITATION_YU \
  "@inproceedings{yu2024csib,\n" \
  "  title = {Cauchy-Schwarz Divergence Information Bottleneck for Regression},\n" \
  "  author = {Yu, Shujian and Yu, Xi and L{\\o}kse, Sigurd and Jenssen, Robert and\n" \
  "            Pr{\\'i}ncipe, Jos{\\'e} C.},\n" \
  "  booktitle = {International Conference on Learning Representations},\n" \
  "  year = {2024},\n" \
  "  eprint = {2404.17951},\n" \
  "  archivePrefix = {arXiv}\n" \
  "}\n"
